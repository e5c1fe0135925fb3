"""The toolkit: worksheets to fill in and scans to measure with, as files, and the rules about what is filled in."""
