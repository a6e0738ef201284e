"""When people read: learned from what they do, told in words, and measured against control."""
