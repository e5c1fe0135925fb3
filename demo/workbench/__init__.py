"""The demo's XBlock workbench: xblock-sdk's own, with our blocks, edx-submissions, and a teacher among its people."""
