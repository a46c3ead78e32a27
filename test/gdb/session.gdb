ta pool
ta holders
ta holders slab.allocator
ta buffer node.message
ta queue received
ta recent samples
ta buffer node.broken
print saved
print old
print table[0]
print received
print node.message
print field
