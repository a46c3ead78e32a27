// Connections that are constructed and destroyed.
#include "expect.h"
#include <tinyalloc/tinyalloc.hpp>

static char said[200];

static void log(const char *what, const char *peer)
{
    strcat(strcat(strcat(strcat(said, what), " "), peer), "; ");
}

#include "pools_objects.h"

int main()
{
    EXPECT(serve("a") && serve_and_forget("b"));
    EXPECT(strcmp(said, "serves a; closed a; serves b; closed b; ") == 0);
    EXPECT(connections::available() == 4);
    connections::owner all[4];
    for (connections::owner &each : all)
        each = connections::make(uint8_t{3}, "c");
    EXPECT(!serve("d") && !serve_and_forget("d"));
}
