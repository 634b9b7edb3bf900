"""what a draft would change on stored samples

Revision: 1a9ac7e50001, after b1d6e5700001; 2026-11-21 09:48:12.304118
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '1a9ac7e50001'
down_revision = 'b1d6e5700001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('impact_reports',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('policy_id', sa.Integer(), nullable=False),
    sa.Column('asset_id', sa.Integer(), nullable=False),
    sa.Column('inputs_sha256', sa.String(length=64), nullable=False),
    sa.Column('samples_sha256', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('report', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('failure', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f('ck_impact_reports_state')),
    sa.ForeignKeyConstraint(['asset_id'], ['assets.id'], name=op.f('fk_impact_reports_asset_id')),
    sa.ForeignKeyConstraint(['policy_id'], ['policies.id'], name=op.f('fk_impact_reports_policy_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_impact_reports')),
    sa.UniqueConstraint('policy_id', 'asset_id', 'inputs_sha256', 'samples_sha256', name='uq_impact_reports_key')
    )
    with op.batch_alter_table('impact_reports', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_impact_reports_asset_id'), ['asset_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('impact_reports', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_impact_reports_asset_id'))
    op.drop_table('impact_reports')
