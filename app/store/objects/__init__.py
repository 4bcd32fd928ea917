"""Files in a bucket of S3-compatible storage, which several machines share: boto3 is known here alone."""
