"""Coverage-guided fuzzing of parsers and matchers: a clear refusal or a sound answer, whatever the bytes."""
