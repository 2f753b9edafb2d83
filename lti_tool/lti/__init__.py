"""All that an LMS says or hears (LTI 1.3 Advantage). Only these modules see raw claims."""
