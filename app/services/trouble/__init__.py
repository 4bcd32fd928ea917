"""What does not work: on record, told, and kept from stopping anything else."""
