import { Args, Int, Query, Resolver } from '@nestjs/graphql';
import { Participant, Room } from './models.js';
import { Prisma } from './prisma.js';

const newest = [{ startedAt: 'desc' as const }, { sid: 'desc' as const }];

@Resolver(() => Room)
export class RoomResolver {
  constructor(private readonly prisma: Prisma) {}

  @Query(() => [Room])
  activeRooms(@Args('first', { type: () => Int }) first: number): Promise<Room[]> {
    return this.prisma.room.findMany({
      where: { project: 'default', endedAt: null },
      include: { participants: { orderBy: newest, take: 10 } },
      orderBy: newest,
      take: first,
    });
  }

  @Query(() => Room, { nullable: true })
  room(@Args('sid') sid: string): Promise<Room | null> {
    return this.prisma.room.findUnique({
      where: { sid },
      include: {
        participants: { orderBy: newest, take: 100 },
        tracks: { orderBy: newest, take: 100 },
        egresses: { orderBy: [{ startedAt: 'desc' }, { egressId: 'desc' }], take: 100 },
      },
    });
  }
}

@Resolver(() => Participant)
export class ParticipantResolver {
  constructor(private readonly prisma: Prisma) {}

  @Query(() => [Participant])
  history(@Args('identity') identity: string, @Args('from') from: Date, @Args('to') to: Date): Promise<Participant[]> {
    return this.prisma.participant.findMany({
      where: { project: 'default', identity, startedAt: { gte: from, lt: to } },
      include: { room: true },
      orderBy: newest,
      take: 100,
    });
  }

  @Query(() => [Participant])
  participants(
    @Args('first', { type: () => Int }) first: number,
    @Args('after') after: string,
  ): Promise<Participant[]> {
    return this.prisma.participant.findMany({
      where: { project: 'default' },
      orderBy: newest,
      cursor: { sid: after },
      skip: 1,
      take: first,
    });
  }
}
