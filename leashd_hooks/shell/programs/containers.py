"""Containers and clusters: docker, podman, compose, kubectl, helm."""

from leashd_hooks.shell.argv import pairs, read, table
from leashd_hooks.shell.invocation import Unknown
from leashd_hooks.shell.programs.fetch import network

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.argv import Options
    from leashd_hooks.shell.invocation import Invocation, Value

#: verb -> r reads, c changes, d destroys; a group has words of its own.
DOCKER = pairs(
    "ps:r images:r logs:r inspect:r version:r info:r stats:r top:r port:r diff:r history:r search:r events:r wait:r"
    " run:c exec:c create:c start:c restart:c stop:c kill:c pause:c unpause:c rename:c update:c commit:c tag:c build:c"
    " pull:c push:c load:c import:c login:c logout:c attach:c cp:c save:r export:r rm:d rmi:d container_ls:r"
    " container_list:r container_ps:r container_inspect:r container_logs:r container_stats:r container_top:r"
    " container_run:c container_exec:c container_start:c container_stop:c container_restart:c container_kill:c"
    " container_rm:d container_prune:d container_cp:c container_create:c image_ls:r image_list:r image_inspect:r"
    " image_history:r image_build:c image_pull:c image_push:c image_tag:c image_rm:d image_prune:d image_save:r"
    " image_load:c volume_ls:r volume_list:r volume_inspect:r volume_create:c volume_rm:d volume_prune:d network_ls:r"
    " network_list:r network_inspect:r network_create:c network_connect:c network_disconnect:c network_rm:d"
    " network_prune:d system_df:r system_info:r system_events:r system_prune:d context_ls:r context_show:r"
    " context_inspect:r context_use:c buildx_ls:r buildx_inspect:r buildx_du:r buildx_build:c buildx_bake:c"
    " buildx_prune:d builder_prune:d manifest_inspect:r compose_ps:r compose_ls:r compose_logs:r compose_config:r"
    " compose_images:r compose_top:r compose_port:r compose_version:r compose_events:r compose_stats:r compose_up:c"
    " compose_start:c compose_stop:c compose_restart:c compose_build:c compose_pull:c compose_push:c compose_create:c"
    " compose_run:c compose_exec:c compose_kill:c compose_pause:c compose_unpause:c compose_watch:c compose_cp:c"
    " compose_down:c compose_rm:d help:r buildx_version:r pod_ps:r pod_ls:r pod_inspect:r pod_logs:r pod_top:r"
    " pod_stats:r pod_create:c pod_start:c pod_stop:c pod_restart:c pod_kill:c pod_rm:d pod_prune:d"
)
GROUPS = table("container image volume network system context buildx builder manifest compose pod")
RUN_SHORT = "evpulwhmac"
RUN_LONG = table(
    "--env --volume --publish --user --label --workdir --hostname --memory --name --network --net --mount --entrypoint"
    " --env-file --cap-add --cap-drop --device --security-opt --pid --ipc --uts --userns --cpus --platform --restart"
    " --add-host --tmpfs --ulimit --gpus --link --dns --log-driver --log-opt --shm-size --volumes-from --pull"
    " --cidfile --detach-keys --attach --cpu-shares --expose --ip --mac-address --group-add --health-cmd --init-path"
    " --runtime --stop-signal --stop-timeout --sysctl --file --tag --build-arg --target --cache-from --cache-to"
    " --output --progress --secret --ssh --build-context --iidfile --metadata-file --label-file --filter --format"
    " --since --until --tail --context --host --config --log-level --project-name --profile --project-directory"
    " --parallel --scale --timeout --index --cgroupns"
)
RUNS = ("run", "exec", "container run", "container exec", "compose run", "compose exec", "create", "container create")


def effects(call: "Invocation") -> "list[Effect] | None":
    if call.name in ("kubectl", "oc", "k3s", "minikube"):
        return _kubectl(call)
    if call.name == "helm":
        return _helm(call)
    if call.args[1:] == ["--help"] and isinstance(call.args[0], str) and call.args[0].isalpha():
        return []  # `docker run --help`
    args: list[Value] = (
        ["compose", *call.args] if call.name in ("docker-compose", "podman-compose") else list(call.args)
    )
    before = read(
        args, short="Hlc", long=("--host", "--context", "--config", "--log-level", "--tlscacert"), stop_at_word=True
    )
    if before.has("-H", "--host", "--config", "--context", "-c") or before.unknown:
        return None
    words = before.words
    name = words.pop(0) if words else None
    if name in GROUPS and words:
        group = read(words, short="fp", long=RUN_LONG, stop_at_word=True)
        if group.unknown or not group.words:
            return None
        files, words = group.values("-f", "--file", "--env-file"), group.words
        name = f"{name} {words.pop(0)}"
    else:
        files = []
    if not isinstance(name, str) or name.replace(" ", "_") not in DOCKER:
        return None
    found = _docker(call, name, words)
    return found + [call.on_path("read", path, how="content") for path in files]


def _control(call: "Invocation", system: str, verb: str, kind: str) -> "Effect":
    return call.effect("control", system=system, verb=verb, changes=kind != "r", destroys=kind == "d")


def _docker(call: "Invocation", verb: str, args: "list[Value]") -> "list[Effect]":
    runs = verb in RUNS
    options = read(args, short="f" if "build" in verb else RUN_SHORT if runs else "", long=RUN_LONG, stop_at_word=runs,
                   plain=("--volumes", "--privileged", "--publish-all", "--init", "--force", "--all",
                          "--rm"))  # fmt: skip
    kind = DOCKER[verb.replace(" ", "_")]
    if verb == "compose down" and options.has("-v", "--volumes", "--rmi"):
        kind = "d"
    system = "podman" if call.name.startswith("podman") else "docker"
    found = [_control(call, system, verb, kind)]
    if runs:
        found += _confined(call, options) + _mounts(call, options)
        found.append(call.effect("code", language="other", source="unknown"))
    if options.unknown:
        found.append(call.effect("opaque", why="a word may be an option"))
    found += [call.on_path("write", path, how="create")
              for path in options.values("--cidfile", "--iidfile", "--metadata-file")]  # fmt: skip
    for value in options.values("--secret", "--ssh"):
        source = Unknown(value.why) if isinstance(value, Unknown) else _field(value, "src", "source")
        if source is not None:
            found.append(call.on_path("read", source, how="content"))
    named = ("-q", "--quiet", "--services", "--images", "--volumes", "--profiles", "--hash", "--no-interpolate")
    if verb == "compose config" and not options.has(*named):
        # It prints what the files of variables hold.
        found.append(call.on_path("read", Unknown("files of variables"), how="content"))
    if verb.endswith("cp") and len(options.words) > 1:
        found += _copied(call, options.words)
    if "build" in verb:
        found += [call.on_path("read", word, how="content") for word in options.words[:1] if word != "-"]
        found += [call.on_path("read", path, how="content") for path in options.values("-f", "--file")]
    if verb in ("save", "export", "image save"):
        found += [call.on_path("write", path, how="create") for path in read(args, short="o").values("-o", "--output")]
    return found + [call.on_path("read", path, how="content") for path in options.values("--env-file", "--label-file")]


def _field(text: str, *keys: str) -> "str | None":
    fields = dict(part.partition("=")[::2] for part in text.split(","))
    return next((fields[key] for key in keys if key in fields), None)


def _confined(call: "Invocation", options: "Options") -> "list[Effect]":
    """Options that take away the walls of a container."""
    open_walls = options.has("--privileged", "--cap-add", "--device", "--security-opt", "--volumes-from")
    for value in options.values("--pid", "--ipc", "--uts", "--userns", "--network", "--net", "--cgroupns"):
        open_walls = open_walls or isinstance(value, Unknown) or value == "host" or value.startswith("container:")
    open_walls = open_walls or options.has("--use-api-socket")
    return [call.effect("privilege", program=call.name)] if open_walls else []


def _mounts(call: "Invocation", options: "Options") -> "list[Effect]":
    found: list[Effect] = []
    for value in options.values("-v", "--volume"):
        if isinstance(value, Unknown):
            host: Value = Unknown(value.why)
            parts: list[str] = []
        else:
            host, *parts = value.split(":")
        if isinstance(host, str) and (not parts or host[:1] not in "./~"):
            continue  # a named volume
        found += _mounted(call, host, bool(parts) and "ro" in parts[-1].split(","))
    for value in options.values("--mount"):
        fields = {} if isinstance(value, Unknown) else dict(part.partition("=")[::2] for part in value.split(","))
        source = fields.get("source", fields.get("src"))
        if isinstance(value, Unknown):
            found += _mounted(call, Unknown(value.why), False)
        elif fields.get("type", "volume") == "bind" and source is not None:
            found += _mounted(call, source, "readonly" in fields or "ro" in fields)
    return found


def _mounted(call: "Invocation", host: "Value", readonly: bool) -> "list[Effect]":
    found = [call.on_path("read", host, how="content", recursive=True)]
    if not readonly:
        found.append(call.on_path("write", host, how="edit", recursive=True))
    if isinstance(host, str) and host.endswith("docker.sock"):
        found.append(call.effect("privilege", program=call.name))
    return found


def _copied(call: "Invocation", words: "list[Value]") -> "list[Effect]":
    source, target = words[0], words[1]
    found: list[Effect] = []
    if isinstance(source, Unknown) or (":" not in source and source != "-"):
        found.append(call.on_path("read", source, how="content"))
    if isinstance(target, Unknown) or (":" not in target and target != "-"):
        found.append(call.on_path("write", target, how="create", recursive=True))
    return found


KUBECTL = pairs(
    "get:r describe:r logs:r log:r top:r explain:r version:r cluster-info:r api-resources:r api-versions:r auth:r"
    " diff:r events:r wait:r config:r options:r status:r apply:c create:c replace:c patch:c edit:c set:c label:c"
    " annotate:c scale:c autoscale:c rollout:c expose:c run:c exec:c attach:c cp:c port-forward:c proxy:c cordon:c"
    " uncordon:c taint:c debug:c certificate:c drain:d delete:d start:c stop:c"
)
KUBECTL_LONG = table(
    "--namespace --context --cluster --user --kubeconfig --output --selector --filename --container --server --token"
    " --as --field-selector --kustomize --image --replicas --template --since --tail --raw"
    " --from-file --from-env-file"
)


def _kubectl(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="nolfcsk", long=KUBECTL_LONG)
    if (
        options.has("--kubeconfig", "--server", "-s", "--token")
        or not options.words
        or isinstance(options.words[0], Unknown)
    ):
        return None
    verb = str(options.words[0])
    kind = KUBECTL.get(verb)
    if kind is None or (kind == "r" and options.unknown):
        return None
    found = [_control(call, call.name, verb, _kind(verb, kind, options)), *_kubectl_files(call, verb, options)]
    told = [str(word) for word in options.words[:3]]
    made = told[:2] == ["create", "token"] or (told[1:2] == ["view-last-applied"] and any(map(_names_secrets, told)))
    named = verb in ("get", "describe") and any(map(_names_secrets, [*options.words[1:], *options.values("--raw")]))
    if made or named or (verb == "config" and any(word in ("--raw", "--raw=true") for word in call.args)):
        found.append(call.effect("secret", store="cloud"))
    if verb in ("exec", "run", "debug", "attach"):
        found.append(call.effect("code", language="other", source="unknown"))
    return found + (_copied(call, options.words[1:]) if verb == "cp" else [])


#: verb -> second words with which it only looks; any other changes something.
KUBECTL_LOOKS = {
    "auth": ("can-i", "whoami"),
    "config": ("view", "get-contexts", "current-context", "get-clusters", "get-users"),
    "rollout": ("status", "history"),
}


def _kind(verb: str, kind: str, options: "Options") -> str:
    if verb in KUBECTL_LOOKS:
        return "r" if len(options.words) > 1 and options.words[1] in KUBECTL_LOOKS[verb] else "c"
    return "d" if verb == "replace" and options.has("--force") else kind


def _kubectl_files(call: "Invocation", verb: str, options: "Options") -> "list[Effect]":
    """What is read of this machine, or fetched, to be shown or sent to the cluster."""
    read_too: list[Value] = []
    for value in options.values("--from-file", "--from-env-file"):
        read_too.append(value if isinstance(value, Unknown) else value.rpartition("=")[2])
    for value in options.values("-o", "--output"):
        kind, _, file = ("", "", "") if isinstance(value, Unknown) else value.partition("=")
        if kind in ("go-template-file", "jsonpath-file", "custom-columns-file"):
            read_too.append(file)
    if verb != "logs":
        read_too += [path for path in options.values("-f", "--filename", "-k", "--kustomize") if path != "-"]
    found: list[Effect] = []
    for path in read_too:
        urls = isinstance(path, str) and "://" in path
        found += network(call, path, "fetch") if urls else [call.on_path("read", path, how="content")]
    return found


def _names_secrets(word: "Value") -> bool:
    """Whether a word of `kubectl get` asks for secrets: `secret/x`, `pods,Secrets`, `secrets.v1.`, an API path."""
    if isinstance(word, Unknown):
        return False
    kinds = word.lower().replace("?", "/").split("/") if word[:1] == "/" else word.lower().partition("/")[0].split(",")
    return any(kind.partition(".")[0] in ("secret", "secrets") for kind in kinds)


HELM = pairs(
    "list:r ls:r status:r get:r history:r show:r search:r version:r env:r template:r lint:r verify:r install:c"
    " upgrade:c rollback:c repo:c pull:c push:c dependency:c dep:c package:c create:c registry:c test:c uninstall:d"
    " delete:d del:d"
)


def _helm(call: "Invocation") -> "list[Effect] | None":
    options = read(call.args, short="nf", long=("--namespace", "--values", "--set", "--version", "--kube-context"))
    verb = options.words[0] if options.words else None
    if (
        not isinstance(verb, str)
        or verb not in HELM
        or options.has("--post-renderer", "--kubeconfig")
        or options.unknown
    ):
        return None
    second = options.words[1] if len(options.words) > 1 else ""
    kind = "r" if verb in ("repo", "dependency", "dep") and second in ("list", "ls") else HELM[verb]
    found = [_control(call, "helm", str(verb), kind)]
    return found + [
        call.on_path("read", path, how="content") for path in options.values("-f", "--values") if path != "-"
    ]
