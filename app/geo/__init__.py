"""Areas, assets and the gazetteer: where is this, and what stands here?"""
