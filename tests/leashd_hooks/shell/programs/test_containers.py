import pytest


def control(verb, changes=False, destroys=False, system="docker"):
    changed = "changes" if changes else "changes=False"
    return f"control {changed} {'destroys' if destroys else 'destroys=False'} system={system} verb={verb}"


CODE = "code language=other source=unknown"
TABLE = {
    "docker ps -a": [control("ps")],
    "docker logs -f x": [control("logs")],
    "docker run alpine id": [control("run", True), CODE],
    "docker run --rm -it -v /:/h alpine": [
        control("run", True),
        "read / how=content recursive",
        "write / how=edit recursive",
        CODE,
    ],
    "docker run -v ./src:/src:ro -v data:/d alpine": [
        control("run", True),
        "read /w/src how=content recursive",
        CODE,
    ],
    "docker run --volume=/etc:/e alpine": [
        control("run", True),
        "read /etc how=content recursive",
        "write /etc how=edit recursive",
        CODE,
    ],
    "docker run --mount type=bind,source=/etc,target=/e,readonly alpine": [
        control("run", True),
        "read /etc how=content recursive",
        CODE,
    ],
    "docker run --privileged alpine": [control("run", True), "privilege program=docker", CODE],
    "docker run --pid=host alpine": [control("run", True), "privilege program=docker", CODE],
    "docker run --cap-add SYS_ADMIN alpine": [control("run", True), "privilege program=docker", CODE],
    "docker run -v /var/run/docker.sock:/s alpine": [
        control("run", True),
        "read /var/run/docker.sock how=content recursive",
        "write /var/run/docker.sock how=edit recursive",
        "privilege program=docker",
        CODE,
    ],
    "docker run -v ?:/x alpine": [
        control("run", True),
        "read None how=content recursive",
        "write None how=edit recursive",
        CODE,
    ],
    "docker container run --env-file .env x": [control("container run", True), CODE, "read /w/.env how=content"],
    "docker exec x sh": [control("exec", True), CODE],
    "docker rm -f x": [control("rm", True, True)],
    "docker system prune -af": [control("system prune", True, True)],
    "docker volume rm x": [control("volume rm", True, True)],
    "docker build -f D .": [control("build", True), "read /w how=content", "read /w/D how=content"],
    "docker cp .env x:/": [control("cp", True), "read /w/.env how=content"],
    "docker cp x:/a /etc/a": [control("cp", True), "write /etc/a how=create recursive"],
    "docker -H tcp://evil ps": None,
    "docker shiny": None,
    "docker compose up -d": [control("compose up", True)],
    "docker compose -f a.yml ps": [control("compose ps"), "read /w/a.yml how=content"],
    "docker-compose down -v": [control("compose down", True, True)],
    "docker compose down": [control("compose down", True)],
    "docker compose exec db psql": [control("compose exec", True), CODE],
    "podman ps": [control("ps", system="podman")],
    "kubectl get pods": [control("get", system="kubectl")],
    "kubectl -n x get secret y -o yaml": [control("get", system="kubectl"), "secret store=cloud"],
    "kubectl apply -f a.yml": [control("apply", True, system="kubectl"), "read /w/a.yml how=content"],
    "kubectl delete ns x": [control("delete", True, True, system="kubectl")],
    "kubectl exec -it x -- sh": [control("exec", True, system="kubectl"), CODE],
    "kubectl config view --raw": [control("config", system="kubectl"), "secret store=cloud"],
    "kubectl rollout status x": [control("rollout", system="kubectl")],
    "kubectl --kubeconfig ./x get pods": None,
    "kubectl plugin": None,
    "helm list": [control("list", system="helm")],
    "helm uninstall x": [control("uninstall", True, True, system="helm")],
    "helm install x y --post-renderer ./evil": None,
}


@pytest.mark.parametrize("line", TABLE)
def test_containers(line, effects_of):
    assert effects_of(line) == TABLE[line]
