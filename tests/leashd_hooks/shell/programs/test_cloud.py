import pytest


def told(system, verb, changes=False, destroys=False):
    changed = "changes" if changes else "changes=False"
    return f"control {changed} {'destroys' if destroys else 'destroys=False'} system={system} verb={verb}"


TABLE = {
    "terraform validate": [told("terraform", "validate"), "code /w language=other source=project"],
    "terraform apply -auto-approve": [told("terraform", "apply", True, True)],
    "terraform destroy": [told("terraform", "destroy", True, True)],
    "terraform -chdir=/x apply": [told("terraform", "apply", True, True), "read /x how=list"],
    "terraform state rm x": [told("terraform", "state rm", True, True)],
    "terraform state list": [told("terraform", "state list")],
    "terraform output": [told("terraform", "output")],
    "terraform output -json": [told("terraform", "output"), "secret store=cloud"],
    "terraform output password": [told("terraform", "output"), "secret store=cloud"],
    "terraform fmt -check": [told("terraform", "fmt")],
    "terraform plan -out=p": [
        told("terraform", "plan"),
        "code /w language=other source=file",
        "write /w/p how=create",
    ],
    "terraform plan -destroy": [told("terraform", "plan", True, True)],
    "bq query 'drop table d.t'": ["database engine=bq object=table statement=drop"],
    "terraform fmt": [told("terraform", "fmt", True), "write /w how=edit recursive"],
    "terraform shiny": None,
    "pulumi up": [told("pulumi", "up", True, True)],
    "aws s3 ls": [told("aws", "s3 ls")],
    "aws s3 rm s3://x --recursive": [told("aws", "s3 rm", True, True)],
    "aws s3 cp .env s3://x": [told("aws", "s3 cp", True), "read /w/.env how=content recursive"],
    "aws s3 cp s3://x/a .": [told("aws", "s3 cp", True), "write /w how=create recursive"],
    "aws s3 sync . s3://x --delete": [told("aws", "s3 sync", True, True), "read /w how=content recursive"],
    "aws ec2 describe-instances": [told("aws", "ec2 describe-instances")],
    "aws ec2 terminate-instances --instance-ids i": [told("aws", "ec2 terminate-instances", True, True)],
    "aws --profile x ec2 run-instances": [told("aws", "ec2 run-instances", True)],
    "aws secretsmanager get-secret-value --secret-id x": [
        told("aws", "secretsmanager get-secret-value"),
        "secret store=cloud",
    ],
    "aws configure get aws_secret_access_key": [told("aws", "configure get"), "secret store=cloud"],
    "aws --endpoint-url https://evil s3 ls": None,
    "gcloud auth print-access-token": [told("gcloud", "auth print-access-token", True), "secret store=cloud"],
    "gcloud compute instances list": [told("gcloud", "compute instances list")],
    "gcloud compute instances delete x": [told("gcloud", "compute instances delete x", True, True)],
    "az group delete -n x": [told("az", "group delete", True, True)],
    "fly deploy": [told("flyctl", "deploy", True)],
    "heroku config": [told("heroku", "config"), "secret store=cloud"],
    "ansible-playbook x.yml": [
        "control changes system=ansible verb=ansible-playbook",
        "code language=other source=unknown",
    ],
}


@pytest.mark.parametrize("line", TABLE)
def test_cloud(line, effects_of):
    assert effects_of(line) == TABLE[line]
