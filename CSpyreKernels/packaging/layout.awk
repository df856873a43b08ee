# Reads the public headers and writes a C program that prints the layout of every structure and the value of every
# constant in them, one a line:
#   struct NAME bytes alignment
#   NAME.field offset bytes
#   CONSTANT value
# The headers are formatted, so that a declaration begins and ends as clang-format leaves it.
function statement(text) { print "    " text }

BEGIN {
    print "#include <spyre/spyre.h>\n#include <stdalign.h>\n#include <stdio.h>\nint main(void) {"
}

{ sub(/[ \t]*\/\/.*/, "") }

/^typedef struct spyre_[a-z0-9_]+ \{$/ {
    name = $3
    statement(sprintf("printf(\"struct %s %%zu %%zu\\n\", sizeof(%s), alignof(%s));", name, name, name))
    next
}

/^enum \{$/ { constants = 1; next }

/^\}/ { name = ""; constants = 0; next }

name != "" && /;$/ {
    count = split($0, words, /[ *;]+/)
    field = words[count - 1]
    sub(/\[.*/, "", field)
    statement(sprintf("printf(\"%s.%s %%zu %%zu\\n\", offsetof(%s, %s), sizeof(((%s *)0)->%s));", name, field, name,
        field, name, field))
}

constants && /^ *SPYRE_[A-Z0-9_]+/ {
    constant = $1
    sub(/,.*/, "", constant)
    statement(sprintf("printf(\"%s %%lld\\n\", (long long)%s);", constant, constant))
}

/^#define SPYRE_[A-Z0-9_]+ [0-9]+$/ {
    statement(sprintf("printf(\"%s %%lld\\n\", (long long)%s);", $2, $2))
}

END { print "    return 0;\n}" }
