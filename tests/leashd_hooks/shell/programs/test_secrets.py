import pytest

TABLE = {
    "dotenv list": ["read /w/.env how=content"],
    "dotenv -f prod.env get KEY": ["read /w/prod.env how=content"],
    "dotenv -e .env.local -p KEY": ["read /w/.env.local how=content"],
    "dotenv set KEY value": ["write /w/.env how=edit"],
    "dotenv": None,
    "dotenv run -- node a.js": [
        "read /w/.env how=stat",
        "command words=-- node a.js",
        "opaque why=a command is given the settings of a file, which may be secrets",
    ],
    "dotenv -- env": [
        "read /w/.env how=stat",
        "command words=env",
        "opaque why=a command is given the settings of a file, which may be secrets",
    ],
    "printenv": ["secret store=environment"],
    "printenv PATH": [],
    "printenv HOME AWS_SECRET_ACCESS_KEY": ["secret store=environment"],
    "printenv -0": ["secret store=environment"],
    "printenv ?": ["secret store=environment"],
    "security find-generic-password -w": ["secret store=keychain"],
    "pass show x": ["secret store=password-manager"],
    "op read x": ["secret store=password-manager"],
    "op run -- ./evil": None,
    "vault status": [],
    "gpg --list-keys": [],
    "gpg --export-secret-keys x": ["secret store=keychain"],
    "gpg -d a.gpg": ["secret store=keychain", "read /w/a.gpg how=content"],
    "gpg --verify a.sig a": ["read /w/a.sig how=content", "read /w/a how=content"],
    "gpg --delete-keys x": None,
    "ssh-add -l": [],
    "ssh-add ~/.ssh/id_rsa": ["secret store=agent", "read /home/u/.ssh/id_rsa how=content"],
    "ssh-keygen -t ed25519 -f k": ["write /w/k how=create"],
    "ssh-keygen -y -f ~/.ssh/id_rsa": ["read /home/u/.ssh/id_rsa how=content", "secret store=agent"],
    "openssl version": [],
    "openssl enc -d -aes-256-cbc -in .env -out x": ["read /w/.env how=content", "write /w/x how=create"],
    "openssl x509 -in a.pem -noout -text": ["read /w/a.pem how=stat"],
    "openssl x509 -in key.pem": ["read /w/key.pem how=content"],
    "openssl x509 -in a.pem -signkey b.pem": ["read /w/a.pem how=stat", "read /w/b.pem how=content"],
    "openssl verify -CAfile ca.pem a.pem": ["read /w/ca.pem how=stat", "read /w/a.pem how=stat"],
    "openssl rsa -in a.pem": ["read /w/a.pem how=content"],
    "openssl s_client -connect x:443": None,
    "openssl rsa -engine ./evil -in k": None,
}


@pytest.mark.parametrize("line", TABLE)
def test_secrets(line, effects_of):
    assert effects_of(line) == TABLE[line]
