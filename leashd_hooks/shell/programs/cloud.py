"""Clouds and the tools that provision them: terraform, pulumi, aws, gcloud, az, flyctl, ..."""

from leashd_hooks.shell.argv import pairs, read, table
from leashd_hooks.shell.invocation import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leashd_hooks.model import Effect
    from leashd_hooks.shell.invocation import Invocation

_TERRAFORM = (
    "plan:p init:c validate:r fmt:w show:r output:r providers:r providers_lock:c"
    " providers_mirror:c providers_schema:r version:r graph:r state_list:r state_show:r"
    " state_pull:r workspace_list:r workspace_show:r workspace_select:c workspace_new:c workspace_delete:d state_rm:d"
    " state_mv:c state_push:d apply:d destroy:d import:c refresh:c taint:d untaint:c get:c login:c test:c"
)
#: r reads, c changes, d destroys, w rewrites files here, s tells a secret, p runs the project's code to show a plan.
VERBS = {
    "terraform": _TERRAFORM,
    "tofu": _TERRAFORM,
    "terragrunt": _TERRAFORM,
    "pulumi": "preview:p up:d update:d destroy:d refresh:c stack:r stack_ls:r stack_rm:d stack_output:r"
              " stack_select:c config:r config_get:s config_set:c stack_export:s about:r whoami:r"
              " version:r logs:r cancel:c"
              " import:c login:c new:c",
    "flyctl": "status:r logs:r apps_list:r apps_destroy:d destroy:d deploy:c launch:c scale:c ssh:c secrets_list:r"
              " secrets_set:c secrets_unset:d machine_list:r machine_destroy:d volumes_destroy:d version:r"
              " auth_whoami:r auth_token:s info:r",
    "heroku": "apps:r logs:r ps:r releases:r config:s config_get:s apps_destroy:d pg_reset:d run:c version:r"
              " auth_token:s",
    "vercel": "ls:r list:r inspect:r logs:r whoami:r deploy:c build:c dev:c env_ls:r env_pull:s env_rm:d remove:d"
              " rm:d link:c pull:s alias:c rollback:c promote:c domains_ls:r",
    "netlify": "status:r deploy:c build:c dev:c env_list:s env_get:s env_set:c env_unset:d sites_list:r"
               " sites_delete:d link:c open:r",
    "wrangler": "dev:c deploy:c publish:c tail:r whoami:r deployments:r secret_list:r secret_put:c secret_delete:d"
                " delete:d",
    "supabase": "status:r start:c stop:c db_push:c db_reset:d db_diff:r db_pull:c projects_list:r projects_delete:d",
    "ansible": "",
    "ansible-playbook": "",
}  # fmt: skip
NAMES = {"fly": "flyctl", "tofu": "tofu"}

#: Words of the last part of an aws, gcloud or az command.
READS = ("describe", "list", "ls", "get", "head", "show", "lookup", "search", "batch-get", "filter", "query", "scan",
         "wait",
         "validate", "test", "check", "info", "version", "help", "read", "preview", "simulate", "tail",
         "status")  # fmt: skip
DESTROYS = ("delete", "rm", "rb", "terminate", "remove", "destroy", "purge", "deregister", "reset", "revoke", "detach",
            "disable", "stop", "cancel", "batch-delete", "drop", "schedule-key-deletion")  # fmt: skip
#: Commands whose answer is a secret, as their words.
SECRETS = (
    "secretsmanager get-secret-value", "secretsmanager batch-get-secret-value", "configure get",
    "configure export-credentials",
    "ssm get-parameter", "ssm get-parameters", "ssm get-parameters-by-path", "sts assume-role", "sts get-session-token",
    "sts get-federation-token", "ecr get-login-password", "ecr get-authorization-token", "kms decrypt",
    "auth print-access-token", "auth print-identity-token", "auth application-default print-access-token",
    "secrets versions access", "account get-access-token", "keyvault secret show", "keyvault secret download",
    "iam create-access-key", "iam service-accounts keys create", "codeartifact get-authorization-token",
    "storage account keys list", "sso get-role-credentials", "eks get-token", "rds generate-db-auth-token",
    "config config-helper", "compute reset-windows-password", "ec2 get-password-data", "webapp config appsettings list",
    "webapp config connection-string list", "functionapp config appsettings list", "acr credential show",
    "cosmosdb keys list", "redis list-keys", "storage account show-connection-string", "ad sp create-for-rbac",
)  # fmt: skip
REFUSED = ("--endpoint-url", "--cli-input-json", "--cli-input-yaml", "--flags-file", "--configuration")


def effects(call: "Invocation") -> "list[Effect] | None":
    name = NAMES.get(call.name, call.name)
    if name.startswith("ansible"):
        return [
            call.effect("control", system="ansible", verb=name, changes=True),
            call.effect("code", language="other", source="unknown"),
        ]
    if name in ("aws", "gcloud", "az", "gsutil", "bq", "doctl"):
        return _provider(call, name)
    terraform = VERBS[name] is _TERRAFORM
    options = read(call.args, single_dash=terraform, long=("--app", "-a", "--stack", "--cwd", "--config", "-out",
                   "-var", "-var-file", "-target", "-state", "-backend-config", "-plugin-dir"))  # fmt: skip
    chdir = [value for flag, value in options.flags if flag == "-chdir"]
    words = [str(word) for word in options.words if isinstance(word, str)]
    if options.unknown or not words or isinstance(options.words[0], Unknown):
        return None
    verbs = pairs(VERBS[name])
    verb = words[0].replace(":", "_")
    both = "_".join(words[:2])
    kind = verbs.get(both) or verbs.get(verb)
    if kind is None:
        return None
    told = both.replace("_", " ") if both in verbs else verb.replace("_", " ")
    destroys = kind == "d" or (verb in ("plan", "apply") and options.has("-destroy"))
    kind = "d" if destroys else kind
    if kind == "w" and (options.has("-check") or "false" in options.values("-write")):
        return [call.effect("control", system=name, verb=told, changes=False, destroys=False),
                *[call.on_path("read", word, how="content") for word in options.words[1:]]]  # fmt: skip
    found = [call.effect("control", system=name, verb=told, changes=kind in "cdw", destroys=destroys)]
    found += [call.on_path("read", path, how="list") for path in chdir if path is not None]
    if kind == "w":
        found += [call.on_path("write", word, how="edit", recursive=True) for word in options.words[1:] or ["."]]
    if kind == "p":
        found.append(call.on_path("code", chdir[0] if chdir and chdir[0] is not None else ".", language="other",
                                  source="file"))  # fmt: skip
    if told in ("validate", "providers schema"):  # it starts the providers that lie there
        start = chdir[0] if chdir and chdir[0] is not None else "."
        found.append(call.on_path("code", start, language="other", source="project"))
    found += [call.on_path("write", path, how="create") for path in options.values("-out")]
    files = [value for value in options.values("-var-file", "-backend-config", "-state", "-plugin-dir")
             if isinstance(value, Unknown) or "=" not in value]  # fmt: skip
    found += [call.on_path("read", path, how="content") for path in files]
    if told == "providers mirror":
        found += [call.on_path("write", word, how="create", recursive=True) for word in options.words[2:]]
    # What is marked as sensitive is left out, unless JSON, one value or all of the state is asked for.
    bare = options.has("-json", "-raw") or (told == "output" and len(words) > 1) or told == "state pull"
    secret = kind == "s" or (terraform and bare and told in ("output", "show", "state show", "state pull"))
    secret = secret or options.has("--show-secrets")
    return [*found, call.effect("secret", store="cloud")] if secret else found


VALUES = table("--profile --region --output --query --project --zone --format --account --filter --subscription"
               " --resource-group --name --bucket --key --limit --impersonate-service-account --body --file --key-file"
               " --template-file --zip-file --use_legacy_sql --location --source")  # fmt: skip
#: They look like a question and write the credentials of a cluster into the user's files.
WRITES = ("get-credentials", "update-kubeconfig")


def _provider(call: "Invocation", name: str) -> "list[Effect] | None":
    options = read(call.args, short="gnofs" if name == "az" else "", long=VALUES)
    words = [str(word) for word in options.words if isinstance(word, str)]
    if options.has(*REFUSED) or not words or isinstance(options.words[0], Unknown) or options.unknown:
        return None
    limit = next((place for place, word in enumerate(words) if "/" in word or ":" in word or "." in word), len(words))
    path = words[: min(limit, 4)] or words[:1]
    told = " ".join(path[:2] if name == "aws" else path)
    verbs = path[1:2] if name == "aws" else path[1:] or path
    reads = any(_starts(word, READS) for word in verbs)
    destroys = any(_starts(word, DESTROYS) for word in verbs) or options.has("--delete")
    reads = (reads and not any(word in WRITES for word in verbs)) or words == ["help"]
    if name == "aws" and path[:1] == ["s3"] and path[1:2] == ["mv"]:
        destroys = True
    found = [call.effect("control", system=name, verb=told, changes=not reads or destroys, destroys=destroys)]
    text = " ".join(words) + " "
    if any(text.startswith(secret + " ") for secret in SECRETS):
        found.append(call.effect("secret", store="cloud"))
    if name in ("aws", "gsutil", "gcloud") and any(word in ("cp", "mv", "sync", "rsync") for word in words[:3]):
        found += _moved(call, options.words[2 if name != "gsutil" else 1 :])
    if name == "bq" and path[:1] == ["query"]:
        from leashd_hooks.shell.programs.database import told_by

        found = [each for text in options.words[1:] for each in told_by(call, "bq", text)] or found
    if name == "aws" and path[:2] == ["s3api", "get-object"]:
        found += [call.on_path("write", word, how="create") for word in options.words[2:]]
    if name == "aws" and path[:2] == ["lambda", "invoke"]:
        found += [call.on_path("write", word, how="create") for word in options.words[2:]]
    if name == "gcloud" and "scp" in words[:3]:
        found += [call.on_path("read", word, how="content") for word in options.words[2:-1]
                  if isinstance(word, Unknown) or (":" not in word and word != "scp")]  # fmt: skip
    sent = options.values("--body", "--file", "-f", "--key-file", "--template-file", "--zip-file")
    found += [call.on_path("read", path, how="content") for path in sent
              if not isinstance(path, str) or "://" not in path]  # fmt: skip
    files = [word for word in words if word.startswith(("file://", "fileb://"))]
    files += [
        value for _, value in options.flags if isinstance(value, str) and value.startswith(("file://", "fileb://"))
    ]
    return found + [call.on_path("read", path.partition("://")[2], how="content") for path in files]


def _starts(word: str, verbs: "tuple[str, ...]") -> bool:
    return any(word == verb or word.startswith(verb + "-") for verb in verbs)


def _moved(call: "Invocation", words: "list[str | Unknown]") -> "list[Effect]":
    """The local sides of a copy to or from a bucket."""
    local = [isinstance(word, Unknown) or "://" not in word for word in words]
    found: list[Effect] = []
    for place, word in enumerate(words):
        if local[place] and word != "-" and word not in ("cp", "mv", "sync", "rsync"):
            last = place == len(words) - 1
            found.append(call.on_path("write", word, how="create", recursive=True) if last
                         else call.on_path("read", word, how="content", recursive=True))  # fmt: skip
    return found
