# SPDX-License-Identifier: GPL-2.0-or-later
#
# Completion of kvmperf for bash. Commands and options are what kvmperf --help and
# kvmperf COMMAND --help tell, so nothing here is to be kept in step; jobs are asked
# of the store that --state or --config on the line name.

_kvmperf_jobs() {
	local i args=()
	for ((i = 2; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--state | --config) args+=("${COMP_WORDS[i]}" "${COMP_WORDS[i + 1]}") ;;
		esac
	done
	kvmperf status --format json "${args[@]}" 2>/dev/null |
		sed -n 's/^ *"id": \([0-9][0-9]*\),$/\1/p'
}

_kvmperf() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]} words=
	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		words=$(kvmperf --help | sed -n 's/^  \([a-z][a-z-]*\)  *.*/\1/p')
	elif [[ $before == --* ]] && kvmperf "$command" --help 2>/dev/null |
		grep -qE "^ +$before [A-Z]"; then
		case $(kvmperf "$command" --help | grep -oE "^ +$before [A-Z|]+") in
		*WORD) words=$(kvmperf "$command" --help | grep -E "^ +$before " |
			grep -oE '\b(text|json|csv)\b') ;;
		*FILE* | *DIR* | *PATH*)
			compopt -o default
			return
			;;
		esac
	elif [[ $word == -* ]]; then
		words=$(kvmperf "$command" --help 2>/dev/null |
			grep -E '^ +--' | grep -oE '(^ +|, )--[a-z-]+' | tr -d ', ')
	else
		case $command in
		why | log | retry | cancel | pause | resume) words=$(_kvmperf_jobs) ;;
		*) compopt -o default ;;
		esac
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _kvmperf kvmperf
