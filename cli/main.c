#include <stdio.h>
int main(void)
{
    puts("peerplan " PEERPLAN_VERSION);
    return 0;
}
