"""Reads product files (Shopify CSV, Google Merchant TSV) and writes Shopify CSV."""
