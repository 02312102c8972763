#!/bin/sh
# Proves src/FLOORS: by the includes of every file, and by the undefined symbols of every archive.
# Usage: check-floors.sh [SOURCE_ROOT [BUILD_ROOT]]; exit 1 with one line per breach.
set -u
export LC_ALL=C
src=${1:-${top_srcdir:-.}}
build=${2:-${top_builddir:-.}}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
bad=0
breach() { echo "floors: $*"; bad=1; }

grep -v '^#' "$src/src/FLOORS" | tr -d ':' >"$tmp/floors"

# 1. Includes: "folder/file.h" only from the folder itself or from a folder that FLOORS allows.
while read -r folder allowed; do
    set --
    for file in "$src/src/$folder"/*.[ch] "$src/src/$folder"/*.def; do
        [ -e "$file" ] && set -- "$@" "$file"
    done
    [ $# -gt 0 ] || continue
    awk -v folder="$folder" -v allowed=" $folder $allowed " -v root="${#src}" '
        /^[ \t]*#[ \t]*include[ \t]*"[^"\/]*\/[^"]*"/ {
            split($0, part, /["\/]/)
            if (!index(allowed, " " part[2] " ") && !said[FILENAME, part[2]]++)
                print substr(FILENAME, root + 2) ": includes " part[2] "/, which " folder " may not"
        }' "$@"
done <"$tmp/floors" >"$tmp/includes"
while read -r line; do breach "$line"; done <"$tmp/includes"

# 2. Libraries that one place alone may know.
only() { # header, allowed path pattern
    grep -lE "^[[:space:]]*#[[:space:]]*include[[:space:]]*<($1)>" -r "$src/src" --include='*.[ch]' 2>/dev/null |
        grep -vE "$2" | while read -r file; do echo "${file#"$src"/}: includes <$1>"; done
}
{
    only 'n?curses(w)?(/n?curses)?\.h|term\.h' '/src/tui/term\.c$'
    only 'lmdb\.h' '/src/store/'
    only 'pcre2\.h' '/src/expr/regex\.c$'
    only 'csv\.h' '/src/import/csv_source\.c$'
} >"$tmp/libraries"
while read -r line; do breach "$line"; done <"$tmp/libraries"

# 3. Base names are unique in the tree, so that a file's name is its prefix.
find "$src/src" -name '*.c' | sed 's|.*/||' | sort | uniq -d >"$tmp/twice"
while read -r line; do breach "$line stands in two folders"; done <"$tmp/twice"

# 4. Symbols: what an archive leaves undefined may be defined only by itself or by an allowed archive.
if [ -e "$build/src/libbase.a" ]; then
    while read -r folder allowed; do
        lib=$build/src/lib$folder.a
        [ -e "$lib" ] || continue
        nm -g --defined-only "$lib" 2>/dev/null | awk 'NF == 3 { print $3 }' | sort -u >"$tmp/$folder.def"
        nm -g -u "$lib" 2>/dev/null | awk '$1 == "U" { print $2 }' | sort -u >"$tmp/$folder.undef"
    done <"$tmp/floors"
    while read -r folder allowed; do
        [ -e "$tmp/$folder.undef" ] || continue
        for other in $(cut -d' ' -f1 "$tmp/floors"); do
            case " $folder $allowed " in *" $other "*) continue ;; esac
            [ -e "$tmp/$other.def" ] || continue
            comm -12 "$tmp/$folder.undef" "$tmp/$other.def" | sed "s|^|lib$folder.a uses |; s|\$| of lib$other.a|"
        done
    done <"$tmp/floors" >"$tmp/symbols"
    while read -r line; do breach "$line"; done <"$tmp/symbols"
fi

# 5. No function of ours has the name of one in a library: the linker would export ours, and the library call it.
if [ -e "$build/waymark" ]; then
    cat "$tmp"/*.def | sort -u >"$tmp/ours"
    nm -D --defined-only "$build/waymark" 2>/dev/null | awk 'NF == 3 { print $3 }' | sort -u | comm -12 - "$tmp/ours" >"$tmp/shared"
    while read -r line; do breach "$line is a name of a library, too"; done <"$tmp/shared"
fi

# 6. Every folder of src is on a floor.
for folder in "$src"/src/*/; do
    folder=$(basename "$folder")
    grep -q "^$folder\( \|\$\)" "$tmp/floors" || breach "src/$folder is not in FLOORS"
done
exit $bad
