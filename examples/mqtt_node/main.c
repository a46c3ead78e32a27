#include "board.h"
#include "node.h"

int main(int argc, char **argv)
{
    board_init(argc, argv);
    node_start();
    for (;;) {
        node_poll();
        board_wait();
    }
}
