#!/bin/bash
# hangup init-subject: each skeleton works as it is, on a steady path and through an idle death, under a name of the user's. Breaks
# with: a skeleton that has fallen behind the protocol, a name that is left in it, a manifest whose paths do not start beside it.
. "$(dirname "$0")/tap.sh"

languages=(python node java go ruby c)
PATH=/usr/local/bin:/usr/bin:/bin

# missing LANGUAGE: what it lacks on this machine; nothing when it is there.
missing() {
    case $1 in
    python) /usr/bin/python3 -c 'import psycopg2' 2>&1 | tail -n 1 ;;
    node) [ -d build/node/node_modules/pg ] || echo 'build/node/node_modules/pg' ;;
    java) for file in /usr/bin/javac /usr/share/java/{gson,postgresql}.jar; do [ -e "$file" ] || echo "$file"; done ;;
    go) for file in /usr/bin/go /usr/share/gocode/src/github.com/lib/pq; do [ -e "$file" ] || echo "$file"; done ;;
    ruby) [ -e /usr/lib/ruby/vendor_ruby/pg.rb ] || echo ruby-pg ;;
    esac
}

# next LANGUAGE: the command that it prints between `next:` and the last line, where there is one.
next() {
    sed -n '/^next:/,$p' "$work/$1.said" | sed '1d;$d'
}

for language in "${languages[@]}"; do
    lacks=$(missing "$language" | tr '\n' ' ')
    if [ -n "$lacks" ]; then
        report 0 "$language # SKIP not installed: $lacks"
        continue
    fi
    mkdir "$work/$language"
    # A file's name says the subject's.
    case $language in python) suffix=py ;; node) suffix=js ;; ruby) suffix=rb ;; *) suffix=$language ;; esac
    "$hangup" init-subject "$language" "$work/$language/fast_subject.$suffix" >"$work/$language.said" 2>&1
    check "$language: the name is the user's" test -z "$(grep -l mypool "$work/$language"/*)"
    if [ "$language" = node ]; then
        ln -s "$(realpath build/node/node_modules)" "$work/node/node_modules"
    else
        check "$language: what it says is next works" bash -c "$(next "$language")"
    fi
    run "$language-run" steady/price idle/hung-up --subject "$work/$language/fast.yaml" --jobs 1
    if grep -q 'not in this image' "$work/$language-run.out"; then
        report 0 "$language: cells # SKIP $(grep -m1 -o 'not in this image.*' "$work/$language-run.out")"
        continue
    fi
    exits 0 "$language"
    holds "$language: both cells pass, and the adapter says who it is" "$language-run" \
        'verdicts() == {"pass": 2} and all(cell["version"] == "0" for cell in run["cells"])'
done

mkdir "$work/bad" && cd "$work/bad" || exit 1
bad() {
    status=0
    "$hangup" init-subject "${@:3}" >"$work/bad.out" 2>"$work/bad.err" || status=$?
    exits 2 "$1"
    check "$1: says why" grep -q -- "$2" "$work/bad.err"
}
bad 'an unknown language' "did you mean 'python'" pyton
bad 'a name that is none' "consists of a-z, 0-9 and '_'" python My.py
bad 'a suffix of another language' 'ends in .py' python adapter.js
echo mine >mypool.yaml
bad 'a manifest that is there' 'mypool.yaml exists' python
check 'nothing was written' test "$(echo *)$(cat mypool.yaml)" = mypool.yamlmine
finish
