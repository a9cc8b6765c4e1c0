"""What the page about one child shows, part by part; loaded through `visible_to` before any of this is asked."""
