"""A small LMS that launches by real LTI 1.3, with Open edX's own platform code (lti-consumer-xblock)."""
