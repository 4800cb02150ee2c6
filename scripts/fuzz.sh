#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds and runs the fuzz targets of kunit/fuzz (libFuzzer, AddressSanitizer, UndefinedBehaviorSanitizer); KTAP, then a table.
#
# usage: scripts/fuzz.sh [SECONDS] [TARGET...]     (make fuzz; an hour if not given)
#
# SECONDS is the time for all targets together, building not counted. Each run begins with the seeds that kunit/fuzz/seeds.py makes. Up to a
# minute it is the same run each time (as far as it gets), for who wants to know whether he broke something. Longer ones try their luck, and what
# the fuzzer learns is kept in build/fuzz/corpus and used again. An input that fails stays in build/fuzz/reports, and the report says how to
# run it again. Status 1 if anything failed.
set -u
cd "$(dirname "$(readlink -f "$0")")/.." || exit 1
root=$PWD
build=${NFCT_FUZZ_BUILD:-$root/build/fuzz}
seconds=3600
case ${1:-} in
'') ;;
*[!0-9]*) sed -n '5s/^# //p' "$0" >&2; exit 2;;
*) seconds=$1; shift;;
esac

sources=("$root"/kunit/fuzz/*_fuzz.cpp)
targets=()
for source in "${sources[@]}"; do
	targets+=("$(basename "$source" _fuzz.cpp)")
done
[ $# = 0 ] || targets=("$@")

luck=()
corpus=$build/corpus
if [ "$seconds" -le 60 ]; then
	luck=(-seed=1)
	corpus=$build/smoke
	rm -rf "$corpus"
fi

# Where most is remembered from one packet to the next there is most to find.
weight() { case $1 in tcp|tcp_honest|sctp) echo 3;; packet|icmp|options) echo 2;; *) echo 1;; esac; }

compiler=
for c in clang++ clang++-14 clang++-15 clang++-16; do
	command -v $c >/dev/null && { compiler=$c; break; }
done
echo "KTAP version 1"
if [ -z "$compiler" ]; then
	echo "1..0 # SKIP no clang; apt-get install clang libclang-rt-14-dev"
	exit 0
fi

mkdir -p "$build" || exit 1
common=(-O1 -g -std=gnu++20 -Wall -Wextra -Werror -fno-omit-frame-pointer -I "$root/include"
	-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all)
pure=("$root"/module/base/*.cpp "$root"/module/core/*.cpp "$root"/module/proto/*.cpp)

cat >"$build/Makefile" <<'M'
all: $(addprefix $(out)/,$(targets))
objects := $(addprefix $(out)/,$(addsuffix .o,$(basename $(notdir $(pure)))))
vpath %.cpp $(sort $(dir $(pure))) $(root)/kunit/fuzz
$(objects): $(out)/%.o: %.cpp
	$(cxx) $(common) -ffreestanding -fno-exceptions -fno-rtti -MMD -c -o $@ $<
$(out)/%_fuzz.o: %_fuzz.cpp
	$(cxx) $(common) -MMD -c -o $@ $<
$(out)/%: $(out)/%_fuzz.o $(objects)
	$(cxx) -fsanitize=address,undefined,fuzzer -o $@ $^
-include $(wildcard $(out)/*.d)
.SECONDARY:
M
shopt -s nullglob
pure=($(printf '%s\n' "${pure[@]}" | grep -v '\*'))
begin=$SECONDS
if ! make -s -j"$(nproc)" -f "$build/Makefile" all out="$build" root="$root" cxx="$compiler" common="${common[*]}" pure="${pure[*]}" \
	targets="${targets[*]}" >"$build/build.log" 2>&1 || ! "$root/kunit/fuzz/seeds.py" "$build/seeds" >>"$build/build.log" 2>&1; then
	cat "$build/build.log" >&2
	echo "1..1"
	echo "not ok 1 fuzz targets # do not build, see above"
	exit 1
fi
echo "# built in $((SECONDS - begin)) s"

sum=0
for t in "${targets[@]}"; do sum=$((sum + $(weight "$t"))); done

table=()
number=0 failed=0
echo "1..${#targets[@]}"
for t in "${targets[@]}"; do
	number=$((number + 1))
	time=$((seconds * $(weight "$t") / sum))
	[ $time -gt 0 ] || time=1
	log=$build/$t.log reports=$build/reports/$t
	mkdir -p "$corpus/$t" "$reports"
	touch "$build/begin"
	begin=$SECONDS
	"$build/$t" -max_total_time=$time -timeout=10 -rss_limit_mb=1024 -max_len=1024 "${luck[@]}" -print_final_stats=1 \
		-artifact_prefix="$reports/" "$corpus/$t" "$build/seeds/$t" >"$log" 2>&1
	status=$?
	took=$((SECONDS - begin))
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)
	[ -n "$runs" ] || runs=$(sed -n 's/^#\([0-9]*\).*/\1/p' "$log" | tail -1)
	coverage=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -1)
	mapfile -t found < <(find "$reports" -type f -newer "$build/begin")
	if [ $status = 0 ] && [ ${#found[@]} = 0 ]; then
		echo "ok $number fuzz: $t"
	else
		failed=1
		echo "not ok $number fuzz: $t"
		grep -aE 'does not hold|runtime error|ERROR: |SUMMARY: ' "$log" | head -8 | sed 's/^/# /'
		for f in "${found[@]}"; do
			echo "# input: $f"
			echo "# again: $build/$t $f"
		done
		echo "# whole log: $log"
	fi
	table+=("$(printf '%-12s %12s %9s %8d %8d' "$t" "${runs:-0}" "${coverage:-0}" ${#found[@]} $took)")
done
printf '# %-12s %12s %9s %8s %8s\n' target runs coverage reports seconds
printf '# %s\n' "${table[@]}"
exit $failed
