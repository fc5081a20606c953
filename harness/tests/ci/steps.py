"""The commands in a CI's file, as shell scripts: steps.py KIND FILE FOLDER. KIND is github, gitlab or kubernetes.

What the CI would put in the place of its own words is put there: the defaults of an action's inputs, and what a step has said.
"""
import pathlib
import re
import sys

import yaml


def github(document):
    inputs = {name: str(given.get("default", "")) for name, given in document["inputs"].items()}

    def value(text):
        return re.sub(r"\$\{\{ *inputs\.(\w+) *\}\}", lambda match: inputs[match[1]], str(text))

    for step in document["runs"]["steps"]:
        if "run" not in step:
            continue
        assert step["shell"] == "bash", step
        assert "${{" not in step["run"], "what comes from outside comes by the environment"
        yield {name: value(text) for name, text in step.get("env", {}).items()}, step["run"]


def gitlab(document):
    common = document[".hangup"]
    for job in ("hangup", "hangup-merge"):
        lines = common["before_script"] + document[job]["script"]
        yield {name: str(text) for name, text in common["variables"].items()}, "\n".join(lines)


def kubernetes(document):
    pod = document["spec"]["template"]["spec"]["containers"][0]
    assert pod["command"] == ["bash", "-c"]
    assert int(dict((e["name"], e["value"]) for e in pod["env"])["PARTS"]) == document["spec"]["completions"]
    yield {entry["name"]: entry["value"] for entry in pod["env"]}, pod["args"][0]


kind, path, folder = sys.argv[1:]
with open(path) as file:
    steps = {"github": github, "gitlab": gitlab, "kubernetes": kubernetes}[kind](yaml.safe_load(file))
for number, (environment, script) in enumerate(steps, 1):
    names = "".join(f": ${{{name}={chr(39)}{text}{chr(39)}}}\nexport {name}\n" for name, text in environment.items())
    pathlib.Path(folder, f"{kind}-{number}.sh").write_text(f"set -eo pipefail\n{names}{script}\n")
