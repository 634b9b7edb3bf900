"""what a judging model was asked, and how far it agrees

Revision: b1d6e5700001, after a7be11ed0001; 2026-11-21 09:13:45.899749
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = 'b1d6e5700001'
down_revision = 'a7be11ed0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('judge_agreements',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('policy_id', sa.Integer(), nullable=False),
    sa.Column('judge_sha256', sa.String(length=64), nullable=False),
    sa.Column('cases_sha256', sa.String(length=64), nullable=False),
    sa.Column('terms', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('figures', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('failure', sa.Text(), nullable=True),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f('ck_judge_agreements_state')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['users.id'], name=op.f('fk_judge_agreements_asked_by_id')),
    sa.ForeignKeyConstraint(['policy_id'], ['policies.id'], name=op.f('fk_judge_agreements_policy_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_judge_agreements'))
    )
    with op.batch_alter_table('judge_agreements', schema=None) as batch_op:
        batch_op.create_index('ix_judge_agreements_policy', ['policy_id', 'id'], unique=False)

    op.create_table('judge_calls',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('policy_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(length=10), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('model', sa.String(length=200), nullable=False),
    sa.Column('prompt_tokens', sa.Integer(), nullable=False),
    sa.Column('completion_tokens', sa.Integer(), nullable=False),
    sa.Column('latency_ms', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['policy_id'], ['policies.id'], name=op.f('fk_judge_calls_policy_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_judge_calls'))
    )
    with op.batch_alter_table('judge_calls', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_judge_calls_policy_id'), ['policy_id'], unique=False)
        batch_op.create_index('ix_judge_calls_subject', ['purpose', 'subject_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('judge_calls', schema=None) as batch_op:
        batch_op.drop_index('ix_judge_calls_subject')
        batch_op.drop_index(batch_op.f('ix_judge_calls_policy_id'))

    op.drop_table('judge_calls')
    with op.batch_alter_table('judge_agreements', schema=None) as batch_op:
        batch_op.drop_index('ix_judge_agreements_policy')

    op.drop_table('judge_agreements')
