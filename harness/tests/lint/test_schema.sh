#!/bin/bash
# Every scenario is valid by scenarios/schema.json, as an editor sees it, and what is wrong is not. Breaks with: a schema that
# lags behind the reader, or allows everything.
set -uo pipefail
cd "$(dirname "$0")/../../.." || exit 1
exec /usr/bin/python3 -B - <<'PROGRAM'
import glob, json, jsonschema, yaml

class Loader(yaml.SafeLoader):
    "YAML as hangup reads it: no times, no numbers in base 60."

Loader.yaml_implicit_resolvers = {
    first: [(tag, regex) for tag, regex in pairs if tag.rsplit(":", 1)[1] in ("bool", "null")]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Loader.add_implicit_resolver("tag:yaml.org,2002:int", __import__("re").compile(r"^-?[0-9]+$"), list("-0123456789"))

schema = json.load(open("scenarios/schema.json"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
tests = 0

def report(good, name):
    global tests
    tests += 1
    print(f"{'ok' if good else 'not ok'} {tests} - {name}")

def problem(text):
    return next((error.message for error in validator.iter_errors(yaml.load(text, Loader))), None)

paths = sorted(glob.glob("scenarios/**/*.yaml", recursive=True))
report(len(paths) > 50, f"{len(paths)} scenarios")
wrong = [f"{path}: {why}" for path in paths if (why := problem(open(path).read()))]
report(not wrong, "every scenario is valid")
for line in wrong:
    print("#", line)

good = open("scenarios/idle/silence.yaml").read()
report(problem(good + "expect: {any: {recovery: none}}\n") is None, "accepted: a time of none")
for name, text in {
    "an unknown key": good + "nonsense: 1\n",
    "a fault without a kind": good + "faults: [{at: 1s}]\n",
    "two kinds in one fault": good + "faults: [{at: 1s, silence: both, rst: both}]\n",
    "a fault's word": good + "faults: [{at: 1s, silence: sideways}]\n",
    "a duration without a unit": good + "run_for: 10\n",
    "an operation without what it needs": good + "workload: [{at: 1s, wait: 1}]\n",
}.items():
    report(problem(text), f"refused: {name}")
print(f"1..{tests}")
PROGRAM
