# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the tests on the emulated host share. State is kept in e2e/, or where
# E2E_STATE says. To be sourced in the top folder.
B=${B:-build}
S=${E2E_STATE:-e2e}
mkdir -p "$S"
S=$(realpath "$S")
repo=$S/repos/demo.git
base=kvmarm-demo/next

# commit NAME PATCH: puts a commit with the patch on the base, as branch NAME.
commit() {
	local index tree id
	index=$(mktemp -u)
	export GIT_INDEX_FILE=$index
	git -C "$repo" read-tree "$base" &&
		git -C "$repo" apply --cached "$PWD/tests/kernels/$2.patch" &&
		tree=$(git -C "$repo" write-tree) &&
		id=$(GIT_AUTHOR_DATE='1767225600 +0000' GIT_COMMITTER_DATE='1767225600 +0000' \
			GIT_AUTHOR_NAME=e2e GIT_AUTHOR_EMAIL=e2e@localhost \
			GIT_COMMITTER_NAME=e2e GIT_COMMITTER_EMAIL=e2e@localhost \
			git -C "$repo" commit-tree -p "$base" -m "A kernel that is $2" "$tree") &&
		git -C "$repo" update-ref "refs/heads/$1" "$id"
	local rc=$?
	rm -f "$index"
	unset GIT_INDEX_FILE
	return $rc
}

# count SQL: one number from the store; 0 while there is none.
count() { sqlite3 -readonly "$S/kvmperf.db" "SELECT count(*) FROM $1" 2>/dev/null || echo 0; }
