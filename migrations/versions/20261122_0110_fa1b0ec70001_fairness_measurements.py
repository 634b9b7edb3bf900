"""what the checks say when words for people change places

Revision: fa1b0ec70001, after 1a9ac7e50001; 2026-11-22 01:10:41.518220
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = 'fa1b0ec70001'
down_revision = '1a9ac7e50001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('fairness_measurements',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('policy_id', sa.Integer(), nullable=False),
    sa.Column('inputs_sha256', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('report', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('failure', sa.Text(), nullable=True),
    sa.Column('asked_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f('ck_fairness_measurements_state')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['users.id'], name=op.f('fk_fairness_measurements_asked_by_id')),
    sa.ForeignKeyConstraint(['policy_id'], ['policies.id'], name=op.f('fk_fairness_measurements_policy_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fairness_measurements'))
    )
    with op.batch_alter_table('fairness_measurements', schema=None) as batch_op:
        batch_op.create_index('ix_fairness_measurements_policy', ['policy_id', 'id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('fairness_measurements', schema=None) as batch_op:
        batch_op.drop_index('ix_fairness_measurements_policy')
    op.drop_table('fairness_measurements')
