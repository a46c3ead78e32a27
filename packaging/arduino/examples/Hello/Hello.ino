// Stores a text in a block, prints it, and shows that the handle is rejected once the block is free.
#include <tinyalloc.h>

TA_SLAB_DEFINE(pool, 16, 8); // 8 blocks of 16 bytes

void setup()
{
    Serial.begin(9600);
    ta_handle h = ta_alloc(pool, 13);
    char *text = (char *)ta_get(pool, h);
    strcpy(text, "hello, block");
    Serial.println(text);
    ta_free(pool, h);
    Serial.println(ta_get(pool, h) == NULL ? "the handle is stale" : "wrong: the handle is live");
}

void loop() {}
