"""The XBlock workbench of the demo: xblock-sdk's own, with the blocks, edx-submissions, and a teacher among its people."""
