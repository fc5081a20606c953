# shellcheck shell=bash
# Sourced: packages of another Debian release than this machine's, from this machine's own mirror. The machine's sources and
# package lists stay as they are, and nobody needs to be root: apt gets sources, lists and a cache below a folder of ours.

debian_keys=/usr/share/keyrings/debian-archive-keyring.gpg # Debian 12's knows Debian 13's keys

# Prints the address that the machine gets Debian's own packages from.
debian_mirror() {
    local mirror
    mirror=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' 2>/dev/null |
        awk '$1 == "Debian" && $2 == "Debian" { print $3; exit }') || true
    echo "${mirror:-http://deb.debian.org/debian/}"
}

# elsewhere_lists FOLDER SUITE…: makes FOLDER the place of apt's lists of these suites. Fails, with apt's words on standard
# error, where apt, the keys, the network or a suite is missing.
elsewhere_lists() {
    local folder=$1 suite mirror
    shift
    [ -r "$debian_keys" ] && mirror=$(debian_mirror) || return
    mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
    for suite; do
        echo "deb [signed-by=$debian_keys] $mirror $suite main"
    done >"$folder/sources.list"
    # What the machine has installed does not count, and what it does after an update of its own lists is not to be done.
    cat >"$folder/apt.conf" <<END
Dir::Etc::sourcelist "$folder/sources.list"; Dir::Etc::sourceparts "/dev/null";
Dir::State "$folder"; Dir::State::lists "$folder/lists"; Dir::State::status "/dev/null"; Dir::Cache "$folder/cache";
APT::Sandbox::User ""; Acquire::Languages "none"; Acquire::Retries "3";
#clear APT::Update;
END
    elsewhere_apt "$folder" apt-get -q -q update
}

# elsewhere_apt FOLDER COMMAND ARGUMENT…: one of apt's commands on these lists.
elsewhere_apt() {
    local folder=$1 command=$2
    shift 2
    "$command" --config-file="$folder/apt.conf" "$@" </dev/null
}
