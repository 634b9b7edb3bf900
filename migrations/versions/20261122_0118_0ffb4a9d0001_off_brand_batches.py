"""off-brand texts that a model wrote

Revision: 0ffb4a9d0001, after fa1b0ec70001; 2026-11-22 01:18:00.000000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0ffb4a9d0001'
down_revision = 'fa1b0ec70001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('off_brand_batches',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('asset_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('report', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('failure', sa.Text(), nullable=True),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f('ck_off_brand_batches_state')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['users.id'], name=op.f('fk_off_brand_batches_asked_by_id')),
    sa.ForeignKeyConstraint(['asset_id'], ['assets.id'], name=op.f('fk_off_brand_batches_asset_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_off_brand_batches'))
    )
    with op.batch_alter_table('off_brand_batches', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_off_brand_batches_asset_id'), ['asset_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('off_brand_batches', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_off_brand_batches_asset_id'))
    op.drop_table('off_brand_batches')
