#!/bin/sh
# Runs a coding agent under leashd in a job that nobody watches, and reports what was decided:
#
#   job.sh claude -p "fix the failing test"
#   job.sh codex exec "fix the failing test"
#
# LEASHD_POLICY   profile or policy file                                      (autonomous)
# LEASHD_REPORT   directory for report.md, report.json, junit.xml, leashd.sarif  (leashd-report)
# LEASHD_FAIL_ON  deny: fail when a call was denied; ask: when one needed a person, too; never  (never)
#
# Exit code: the agent's; 125 when it was not started; 2 when the agent ended well and LEASHD_FAIL_ON says no.
set -eu
agent=$1
shift
report=${LEASHD_REPORT:-leashd-report} started=$(date -u +%Y-%m-%dT%H:%M:%SZ)

leashd install "$agent" --unattended --policy "${LEASHD_POLICY:-autonomous}"
code=0
leashd "$agent" --unattended "$@" || code=$?

# Whatever the agent put there, a link for example, is not written through.
rm -rf "$report"
mkdir -p "$report"
leashd audit verify
for format in markdown=report.md json=report.json junit=junit.xml sarif=leashd.sarif; do
	leashd audit report --since "$started" --format "${format%%=*}" --output "$report/${format#*=}"
done
verdict=0
leashd audit report --since "$started" --fail-on "${LEASHD_FAIL_ON:-never}" >&2 || verdict=$?
[ "$code" = 0 ] || exit "$code"
exit "$verdict"
