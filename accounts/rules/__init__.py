"""What accounts decides without asking anybody: addresses, messages, signatures."""
