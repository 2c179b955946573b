"""The open side: all that the public site may use. Imports only the kernel."""
