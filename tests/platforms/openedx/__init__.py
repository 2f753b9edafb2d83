"""The LTI platform of Open edX (`lti-consumer-xblock`), without the rest of Open edX."""
