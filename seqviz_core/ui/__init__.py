"""What the pages share: router, caches, forms, components. The only package that imports Streamlit."""
