"""The mailbox: status and sealed replies for reporters, found by receipt; the chain of intake."""
