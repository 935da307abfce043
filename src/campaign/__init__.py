"""An event-sourced workflow engine for target-responsibility campaigns."""

__version__ = "0.1.0"
