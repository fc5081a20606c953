#!/bin/sh
# A subject that only tells, in subject.log, how it was started and what it was asked to open.
read -r open
printf 'signals %s\n' "$(grep SigIgn /proc/self/status)" >&2
printf 'capabilities %s\n' "$(grep CapEff /proc/self/status)" >&2
printf 'open %s\n' "$open" >&2
for file in "$@"; do
    printf '%s: %s\n' "$file" "$(cat "$file" 2>&1)" >&2
done
echo '{"ready": true, "name": "plain", "version": "1", "driver": "none"}'
while read -r request; do
    id=${request#*\"id\":}
    printf '{"id": %s, "error": "not done", "kind": "Refusal", "sqlstate": null}\n' "${id%%,*}"
done
