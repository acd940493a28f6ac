# Replaces a line "@COMMAND@" by what the program prints as `peerplan COMMAND`, so that the page cannot be out of date.
/^@.*@$/ {
    command = "'" program "' " substr($0, 2, length($0) - 2)
    count = 0
    while ((command | getline line) > 0) {
        print line
        count++
    }
    if (close(command) != 0 || count == 0) {
        print "expand.awk: failed: " command >"/dev/stderr"
        exit 1
    }
    next
}
{ print }
