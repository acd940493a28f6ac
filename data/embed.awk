# Turns text files into a C source that holds them, for what is built into the program:
#   awk -v name=SYMBOL -v header=PATH -f data/embed.awk FILE...
# The result depends on the files' names and bytes only.
function escaped(text) # octal, because implementations differ in what "\\\\" replaces to
{
    gsub(/\\/, "\\134", text)
    gsub(/"/, "\\042", text)
    gsub(/\?/, "\\077", text) # no trigraphs
    return text
}
BEGIN { printf "#include \"%s\"\n\nconst struct builtin_file %s[] = {\n", header, name }
FNR == 1 {
    if (NR > 1) print "    },"
    base = FILENAME
    sub(/.*\//, "", base)
    printf "    {\"%s\",\n", escaped(base)
}
{ printf "     \"%s\\n\"\n", escaped($0) }
END { print "    },\n    {0},\n};" }
