# Fills a page with what the program itself prints, so that it cannot be out of date:
#   @COMMAND@        a line that stands for the output of `peerplan COMMAND`
#   @each command@   a section for each command: what `peerplan COMMAND --help` prints
function run(command, indent,    line, count)
{
    command = "'" program "' " command
    while ((command | getline line) > 0) {
        print line
        count++
    }
    if (close(command) != 0 || count == 0)
        fail(command)
}
function fail(what)
{
    print "expand.awk: failed: " what >"/dev/stderr"
    exit 1
}
function each_command(    command, line, inside, word)
{
    command = "'" program "' help"
    while ((command | getline line) > 0) {
        if (line == "Commands:") {
            inside = 1
        } else if (line == "") {
            inside = 0
        } else if (inside) {
            split(line, word)
            print "## peerplan " word[1] "\n\n```"
            run(word[1] " --help")
            print "```\n"
        }
    }
    if (close(command) != 0)
        fail(command)
}
/^@each command@$/ { each_command(); next }
/^@.*@$/ { run(substr($0, 2, length($0) - 2)); next }
{ print }
