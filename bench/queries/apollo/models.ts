import { Field, Int, ObjectType } from '@nestjs/graphql';

/** A class further down, whose name decorators must not look up yet. */
type Later<T> = T;

@ObjectType()
export class Track {
  @Field() sid!: string;
  @Field() participantSid!: string;
  @Field() type!: string;
  @Field() source!: string;
  @Field(() => String, { nullable: true }) mimeType!: string | null;
  @Field() startedAt!: Date;
  @Field(() => Date, { nullable: true }) endedAt!: Date | null;
}

@ObjectType()
export class Egress {
  @Field() egressId!: string;
  @Field() startedAt!: Date;
  @Field(() => Date, { nullable: true }) endedAt!: Date | null;
}

@ObjectType()
export class Participant {
  @Field() sid!: string;
  @Field() identity!: string;
  @Field(() => String, { nullable: true }) name!: string | null;
  @Field() roomName!: string;
  @Field() kind!: string;
  @Field() state!: string;
  @Field() startedAt!: Date;
  @Field(() => Date, { nullable: true }) endedAt!: Date | null;
  @Field(() => String, { nullable: true }) disconnectReason!: string | null;
  @Field(() => String, { nullable: true }) endSource!: string | null;
  @Field(() => Room) room?: Later<Room>;
}

@ObjectType()
export class Room {
  @Field() sid!: string;
  @Field() roomName!: string;
  @Field() startedAt!: Date;
  @Field(() => Date, { nullable: true }) endedAt!: Date | null;
  @Field(() => Int) participantCount!: number;
  @Field(() => Int) participantSessionCount!: number;
  @Field(() => String, { nullable: true }) metadata!: string | null;
  @Field(() => [Participant]) participants?: Participant[];
  @Field(() => [Track]) tracks?: Track[];
  @Field(() => [Egress]) egresses?: Egress[];
}
