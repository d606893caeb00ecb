"""The side panel: what is asked of the engine, built from declarations."""
