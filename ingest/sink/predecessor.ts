import type { Cluster } from '../kafka.ts';
import type { Logger } from '../program/program.ts';

/** What is used of a group's coordinator; kafkajs' types leave the one out and do not describe the other. */
interface Coordinator {
  describeGroups(request: { groupIds: string[] }): Promise<{
    readonly groups: readonly {
      readonly members: readonly { readonly memberId: string; readonly clientId: string }[];
    }[];
  }>;
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>;
}

/**
 * Takes those out of a group that joined it under this client id, before this process joins: its predecessors, which are
 * dead, so that what they held is free at once instead of after their session. This is what Kafka's static membership
 * (KIP-345) is for, which kafkajs does not speak. Should one be alive after all, it is fenced as after any rebalance, and
 * joins anew.
 *
 * Resolves with how many it were. When it fails this is told and nothing is lost but time: the broker finds out by itself.
 */
export async function takeOutPredecessors(
  cluster: Cluster,
  groupId: string,
  clientId: string,
  log: Logger,
): Promise<number> {
  try {
    const coordinator = (await cluster.findGroupCoordinator({ groupId })) as unknown as Coordinator;
    const { groups } = await coordinator.describeGroups({ groupIds: [groupId] });
    const predecessors = groups.flatMap(({ members }) =>
      members.filter((member) => member.clientId === clientId),
    );
    for (const { memberId } of predecessors) await coordinator.leaveGroup({ groupId, memberId });
    if (predecessors.length > 0)
      log.info({ members: predecessors.length }, 'took a predecessor out of the group');
    return predecessors.length;
  } catch (error) {
    log.warn({ err: error }, 'a predecessor could not be taken out of the group: its session is waited for');
    return 0;
  }
}
