"""Software that others wrote, or stand-ins for it that speak its protocol."""
