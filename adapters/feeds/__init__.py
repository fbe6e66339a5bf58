"""Catalogues as other shops write them: Shopify's CSV and Google Merchant's TSV."""
