#!/usr/bin/env bash
# Compares those readers of `make interop` that can be installed here, for
# continuous integration: a reader that cannot is named and left out, and so is
# everything on a machine without Python. Readers that disagree are a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."

budget=${INTEROP_BUDGET:-600} # Seconds for all installations together: some 700 MB if nothing is cached.
pins=$PWD/test/interop/requirements.txt

give_up() {
	echo "interop: did not run: $1"
	exit 0
}

command -v python3 >/dev/null || give_up "there is no python3"
mkdir -p .tools
dir=$(mktemp -d "$PWD/.tools/interop-installable.XXXXXX")
trap 'rm -rf "$dir"' EXIT

# Debian's python3 has no ensurepip, and so no environments with pip, unless
# python3-venv is installed; its pip, if there is one, can install elsewhere.
if python3 -m venv "$dir/venv" >"$dir/log" 2>&1; then
	python=$dir/venv/bin/python
	pip=("$python" -m pip install)
elif python3 -m pip --version >"$dir/log" 2>&1; then
	python=$(command -v python3)
	export PYTHONPATH=$dir/packages
	pip=("$python" -m pip install --target "$dir/packages")
else
	give_up "python3 has neither venv nor pip"
fi

# install PACKAGE installs a reader within what is left of the budget. The log
# says why it could not.
install() {
	echo "there was no answer in time" >"$dir/log"
	local left=$((budget - SECONDS)) packages=("$1")
	[[ $1 != duckdb ]] || packages+=(pytz) # DuckDB asks for it when it returns a time.
	((left > 0)) && timeout --kill-after 10 "$left" "${pip[@]}" --quiet --disable-pip-version-check --retries 1 \
		--constraint "$pins" "${packages[@]}" >>"$dir/log" 2>&1 && "$python" -c "import $1" >>"$dir/log" 2>&1
}

# obstacle READER says what it needs that is not there.
obstacle() {
	case $1 in
	polars) [[ " ${readers[*]} " == *" pyarrow "* ]] || echo "it is compared with pyarrow" ;;
	pyspark) ((${java:-0} >= 17)) || echo "there is no Java 17 or newer" ;;
	esac
}

java=$(java -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' || true)
readers=()
for reader in pyarrow polars duckdb chdb pyspark; do
	reason=$(obstacle "$reader")
	if [[ -z $reason ]] && ! install "$reader"; then
		reason="it cannot be installed: $(grep -m 1 ERROR "$dir/log" || tail -n 1 "$dir/log")"
	fi
	if [[ -z $reason ]]; then
		readers+=("$reader")
	else
		echo "interop: $reader is left out: $reason"
	fi
done
((${#readers[@]} > 0)) || give_up "no reader can be installed"

echo "interop: compares ${readers[*]}, installed in $SECONDS seconds"
INTEROP_PYTHON=$python INTEROP_READERS="${readers[*]}" "${GO:-go}" test -count=1 -timeout 20m -run 'TestColumns|TestQueries|TestAthena' ./test/interop
