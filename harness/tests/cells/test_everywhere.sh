#!/bin/bash
# The same image gives the same bytes to everybody, and a stored cell says which image it was. Breaks with: anything of the host that
# reaches a guest (a path, a name, an owner, the order of a folder), a template that depends on who made it, an image that is
# replaced without a word.
. "$(dirname "$0")/tap.sh"

if [ "$(id -u)" = 0 ]; then other=user; else other=namespace; fi
check "the same bytes here and as another ($other)" env HANGUP="$hangup" CELLS='steady/price sqlalchemy:pre-ping' scripts/digest-table.sh here "$other"

run stored --subject pqpool:none "$scenarios/steady-short.yaml"
exits 0 'a cell'
cell=$(echo "$work"/stored/steady-short--*)
digest='"(image|kernel|programs)_sha256": "[0-9a-f]{64}"'
check 'its plan names image, kernel and programs' test "$(grep -cE "$digest" "$cell/plan.json")" = 3
check 'so does the run' test "$(grep -oE "$digest" "$work/stored/run.json" | sort)" = "$(grep -oE "$digest" "$cell/plan.json" | sort)"
check 'the same image: the same bytes' "$hangup" replay "$cell"
sed -i -E 's/("image_sha256": ")[0-9a-f]{16}/\10123456789abcdef/' "$cell/plan.json"
status=0
"$hangup" replay "$cell" >"$work/replay.out" 2>"$work/replay.err" || status=$?
exits 2 'replay with another image'
check 'it says so' grep -E 'its image is debian-13(-peers)? with the digest 0123456789abcdef, and the one here has [0-9a-f]{16}:' "$work/replay.err"
check 'before a guest boots' test ! -s "$work/replay.out"
sed -i -E 's/("kernel_sha256": ")[0-9a-f]{16}/\10123456789abcdef/; s/("image_sha256": ")[0-9a-f]*/\1'"$(sha256sum "$(realpath "${HANGUP_IMAGE:-${HANGUP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hangup}/images/$(sed -n 's/^ *"image": "\(.*\)",/\1/p' "$cell/plan.json")}")" | cut -d' ' -f1)/" "$cell/plan.json"
check 'replay with another kernel' "$hangup" replay "$cell" 2>"$work/replay.err"
"$hangup" replay "$cell" >/dev/null 2>"$work/replay.err"
check 'says that it is another' grep 'the guest kernel is another than' "$work/replay.err"
no_guest_is_left 'everywhere'
finish
